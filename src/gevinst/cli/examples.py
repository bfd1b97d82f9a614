"""Examples at the end of a command's help, alike in every language."""

EXAMPLES = {
    "audit": ("gevinst audit verify",),
    "check": ("gevinst check hovedkonto",),
    "db": ("gevinst db backup sikkerhedskopi.db",),
    "decide": (
        'gevinst decide skattekonto accept --left row:2 --reason "Rente, bogføres i november"',
        'gevinst decide skattekonto undo 2 --reason "Forkert konto"',
    ),
    "demo": ("gevinst demo --all", "gevinst demo --fresh --year"),
    "evidence": ("gevinst evidence verify --all",),
    "export": ("gevinst export --all output/afgang",),
    "gain": ("gevinst gain report --year 2026",),
    "install": (
        "gevinst install gaver.gevinst --trust AFTRYK",
        "gevinst install gaver.gevinst --as gaver2",
    ),
    "new": (
        "gevinst new gavekonto",
        "gevinst new gavekonto --flow bank_reconciliation --file bank=bank.csv --file ledger=finans.csv",
    ),
    "pack": ("gevinst pack gaver --out gaver.gevinst",),
    "posting": ("gevinst posting rules try bankbogfoering nye-regler.csv",),
    "put-back": ("gevinst put-back gaver",),
    "read": ("gevinst read udtog.csv --map date=Dato,amount=Beløb",),
    "reconcile": ("gevinst reconcile bank.csv finans.xlsx --out output/mit",),
    "retention": ("gevinst retention --day 2032-02-01",),
    "rules": ("gevinst rules try hovedkonto nye-regler.toml",),
    "run": (
        "gevinst run hovedkonto --period 2026-10",
        "gevinst run hovedkonto --trial --source bank=udtog.xml",
    ),
    "runs": ("gevinst runs --limit 10",),
    "start": ("gevinst start --no-console",),
}
