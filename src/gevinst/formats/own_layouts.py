"""An office's own layouts: TOML files in its folder of layouts, beside its robots."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from gevinst.app.office import SettingProblem, SettingsError
from gevinst.formats.layouts import Layout
from gevinst.formats.setting_problems import problems_of, syntax_problem


def own_layouts(folder: Path) -> Mapping[str, Layout]:
    """The layouts of a folder by id, by name of file; none when there is no such folder.

    Raises:
        SettingsError: CFG-002, one that cannot be used, with all that is wrong in it.
    """
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    return {file.stem: _load(file, f"{folder.name}/{file.name}") for file in files}


def _load(file: Path, name: str) -> Layout:
    try:
        layout = Layout.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(name, [syntax_problem(error)]) from error
    except ValidationError as error:
        raise SettingsError(name, problems_of(error, Layout.model_fields)) from error
    if layout.id != file.stem:
        wrong = SettingProblem(kind="wrong", key="id", found=layout.id, expected="choice", limit=file.stem)
        raise SettingsError(name, [wrong])
    return layout
