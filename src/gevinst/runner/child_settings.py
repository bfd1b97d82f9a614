"""Names of the settings by which the runner tells the child process of a run what it works on."""

RUN_SETTING = "GEVINST_RUN"  # id of the run, which the runner has started and will seal
ITEMS_SETTING = "GEVINST_ITEMS_"  # how those of work items begin; see domain.work_item.ItemRoute
