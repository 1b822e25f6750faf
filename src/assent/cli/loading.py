"""Finding the app that a user names as ``module:app``."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from assent.app import App
from assent.cli.exits import Exit, Stop
from assent.cli.options import Place
from assent.errors import did_you_mean
from assent.stores.postgres.options import shown


def load_app(name: str, place: Place) -> tuple[App, Place]:
    """The app ``module:app``, and the place with the database it uses."""
    if place.named:
        # App() takes its database from there, unless the code names one
        os.environ["ASSENT_DATABASE"] = place.database
    app = _find(name)
    database = app.settings.database
    if place.named and database != place.database:
        raise Stop(
            f"The app {name!r} names its own database, {shown(database)!r}, so --database "
            f"{shown(place.database)!r} cannot hold. Leave one of them out.",
            exit=Exit.USAGE,
        )
    return app, replace(place, database=database)


def _find(name: str) -> App:
    """The object that ``module:app`` means; modules of the working directory are found."""
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute):
        raise _wrong(f"{name!r} names no app: write it as module:app, for example shop.flows:app.")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and module_name.startswith(error.name):
            raise _wrong(
                f"There is no module {module_name!r} in {here} or among what is installed."
            ) from error
        raise _broken(module_name, error) from error
    except Exception as error:
        raise _broken(module_name, error) from error
    found = getattr(module, attribute, None)
    if found is None:
        apps = [each for each, value in vars(module).items() if isinstance(value, App)]
        raise _wrong(
            f"The module {module_name!r} has no {attribute!r}.{did_you_mean(attribute, apps)}"
        )
    if not isinstance(found, App):
        raise _wrong(
            f"{name!r} is a {type(found).__name__}, not an App. Name the App your workflows "
            "are registered with."
        )
    return found


def _broken(module: str, error: Exception) -> Stop:
    where = _line_of(error)
    return Stop(
        f"The module {module!r} cannot be imported: {type(error).__name__}: {error}{where}.",
        exit=Exit.USAGE,
        code="app_broken",
    )


def _line_of(error: Exception) -> str:
    """Where in the user's code it broke: the innermost frame outside of the import machinery."""
    place = ""
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith("<frozen") and file != __file__:
            place = f" ({file}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return place


def _wrong(message: str) -> Stop:
    return Stop(message, exit=Exit.USAGE, code="no_app")
