"""Start Gevinst with nothing but Python: `python3 run.py`, `python3 run.py console`, `python3 run.py test`.

All make `.venv` beside this file and install the hash-locked packages into it, once. A stamp in `.venv`
holds a hash of what was installed from; while it fits, nothing is installed and no network is used.

Exit codes: those of the `gevinst` command; 0 too when the demo's robots left open items for people, which
is what they are there to show; 5 when another start is installing; 6 when this computer cannot run it yet.
"""

import sys

# Old Pythons read this file before they are turned away here: keep it to what Python 3.6 can parse.
if sys.version_info < (3, 11):
    sys.stderr.write(
        """\
Gevinst kræver Python 3.11 eller nyere, og dette er Python {0}.{1}.
Installér en nyere Python, og start med den, for eksempel: python3.12 run.py
Gevinst needs Python 3.11 or newer, and this is Python {0}.{1}.
Install a newer Python and start with it, for example: python3.12 run.py
""".format(*sys.version_info)
    )
    sys.exit(6)

import errno
import hashlib
import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "gevinst-lock.sha256"
SETUP_LOCK = ROOT / ".gevinst-setup.lock"
DEMO_DATABASE = ROOT / "output" / "demo" / "gevinst.db"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

DONE, PEOPLE_NEEDED, USAGE, BUSY, CANNOT_START, INTERRUPTED = 0, 3, 2, 5, 6, 130
WAIT_SECONDS = 900  # a first start on a slow line; then the other start has probably hung
ROOM_NEEDED = 50_000_000  # bytes; with less, a step that failed without a reason failed for want of room

INSTALLER = "requirements-setup.lock"
REQUIREMENTS = {"main": "requirements.lock", "test": "requirements-test.lock"}

# It has no wheel, so it wants a compiler and the kernel's headers. pynput asks for it to make global hot keys
# on a Linux desktop, which no robot here does.
LEFT_OUT = "evdev"

USAGE_TEXT = """\
python3 run.py [--verbose]        viser demokontoret: kører alle dets robotter, siger, hvor resultatet ligger
python3 run.py [--verbose] console   demokontoret i en browser: robotter, arbejdsliste og konsol, til Ctrl-C
python3 run.py [--verbose] test   kører alle test; det, der følger efter "test", gives videre til pytest

python3 run.py [--verbose]        shows the demo office: runs all its robots, says where the result is
python3 run.py [--verbose] console   the demo office in a browser: robots, work list and console, until Ctrl-C
python3 run.py [--verbose] test   runs all tests; what follows "test" is handed on to pytest
"""

NEXT = """\
Demokontoret i en browser: python3 run.py console
The demo office in a browser: python3 run.py console"""

# What can stop a start: Danish first, then English; what is wrong, then what to do.
MESSAGES = {
    "no_venv": """\
Denne Python mangler modulet {found}, så der kan ikke laves et miljø i .venv.
På Debian og Ubuntu: apt install python3-venv. Start derefter igen.
This Python lacks the module {found}, so no environment can be made in .venv.
On Debian and Ubuntu: apt install python3-venv. Then start again.""",
    "no_network": """\
Pakkerne kunne ikke hentes: pakkelageret svarer ikke. Kontrollér netforbindelsen. Bag en proxy: sæt
HTTPS_PROXY (og PIP_CERT, hvis proxyen har sit eget certifikat). Start derefter igen.
The packages could not be fetched: the package index does not answer. Check the network. Behind a proxy:
set HTTPS_PROXY (and PIP_CERT if the proxy has a certificate of its own). Then start again.""",
    "read_only": """\
Der kan ikke skrives i mappen {found}.
Flyt Gevinst til en mappe, du må skrive i, eller få skriveret til den, og start igen.
The folder {found} cannot be written to.
Move Gevinst to a folder that you may write to, or get the right to write there, and start again.""",
    "disk_full": """\
Disken er fuld. Gevinst fylder op til 1 GB med sine pakker. Gør plads, og start igen; det halvt
installerede fjernes af sig selv.
The disk is full. Gevinst takes up to 1 GB with its packages. Make room and start again; what is half
installed is removed by itself.""",
    "hash_mismatch": """\
En hentet pakke er ikke den, der står i låsefilen, og blev ikke installeret. Hent Gevinst igen fra kilden;
hjælper det ikke, så sig det til den, der driver jeres pakkelager.
A fetched package is not the one in the lock file and was not installed. Get Gevinst again from its source;
if that does not help, tell whoever runs your package index.""",
    "failed": """\
Pakkerne kunne ikke installeres. Det sidste, installationen skrev, står ovenfor.
The packages could not be installed. The last that the installer wrote stands above.""",
    "busy": """\
En anden start er stadig i gang med at installere. Vent, til den er færdig, eller stop den, og start igen.
Another start is still installing. Wait until it is done, or stop it, and start again.""",
}

# What pip and uv write, in lower case, when it is not their own fault. Order counts: a full disk first.
CAUSES = {
    "disk_full": ("no space left", "not enough space", "disk quota exceeded"),
    "hash_mismatch": ("do not match the hash", "hash mismatch"),
    "no_network": (
        "name resolution",
        "name or service not known",
        "getaddrinfo failed",
        "dns error",
        "failed to establish a new connection",
        "error sending request",
        "network is unreachable",
        "connection refused",
        "timed out",
        "proxyerror",
        "certificate_verify_failed",
        "invalid peer certificate",
        "network was disabled",
    ),
    "read_only": ("read-only file system", "permission denied", "access is denied"),
}

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
SUITES = ("tasks", "resources", "tests")
CHECKS = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "."),
    "mypy": ("-m", "mypy"),
    "import-linter": ("-c", LINT_IMPORTS),
    "robocop check": ("-m", "robocop", "check", *SUITES),
    "robocop format": ("-m", "robocop", "format", "--check", *SUITES),
    "pytest": ("-m", "pytest", "-n", "auto"),
}


class CannotStartError(Exception):
    """Something outside Gevinst stops the start; its text says what, and what to do, in both languages."""

    def __init__(self, reason: str, *, found: str = "", code: int = CANNOT_START) -> None:
        self.reason = reason
        self.code = code
        super().__init__(MESSAGES[reason].format(found=found))


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands and give the exit code."""
    started = time.perf_counter()
    verbose = list(arguments[:1]) == ["--verbose"]
    words = list(arguments[1:] if verbose else arguments)
    if words and words[0] not in {"test", "console"}:
        print(USAGE_TEXT, end="")
        return DONE if words[0] in {"-h", "--help"} else USAGE
    try:
        prepare("test" if words[:1] == ["test"] else "main", verbose=verbose)
        if verbose:
            print(f"run.py: {time.perf_counter() - started:.2f} s", file=sys.stderr)
        if words[:1] == ["test"]:
            return run_tests(words[1:])
        return run_console(words[1:]) if words else show_demo()
    except CannotStartError as error:
        print(error, file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return INTERRUPTED


def show_demo() -> int:
    """Run the demo office, and say how it goes on."""
    code = run_demo()
    if code == DONE:
        say(NEXT)
    return code


def run_demo() -> int:
    """Lay out the demo office, run its robots and print the table; open items are no failure here."""
    code = start("-m", "gevinst.cli", "demo", "--all")
    return DONE if code == PEOPLE_NEEDED else code


def run_console(options: Sequence[str]) -> int:
    """Start clock, worker and console of the demo office; its robots run first where they never have."""
    if not DEMO_DATABASE.is_file():
        code = run_demo()
        if code != DONE:
            return code
    return start("-m", "gevinst.cli", "start", *options)


def run_tests(pytest_arguments: Sequence[str]) -> int:
    """Run every check and test, or only pytest with the arguments given; the last line says how each went."""
    if pytest_arguments:
        return start("-m", "pytest", *pytest_arguments)
    outcomes = {}
    for name, command in CHECKS.items():
        print(f"\n== {name}", flush=True)
        outcomes[name] = start(*command)
        if outcomes[name] == INTERRUPTED:
            break
    print("\nSteps: " + ", ".join(f"{name} {'FAILED' if code else 'ok'}" for name, code in outcomes.items()))
    return max(outcomes.values()) and 1


def start(*arguments: str) -> int:
    """Run the environment's Python in the project's folder, on this terminal; give its exit code."""
    child = subprocess.Popen([str(PYTHON), *arguments], cwd=ROOT, env=environment())
    try:
        code = child.wait()
    except KeyboardInterrupt:  # the child was interrupted too: let it end in its own way
        child.wait()
        return INTERRUPTED
    return code if code >= 0 else 128 - code


def environment() -> dict[str, str]:
    """Give children UTF-8 on Windows too, and let uv trust the certificates that the computer trusts."""
    return {"UV_SYSTEM_CERTS": "true", **os.environ, "PYTHONUTF8": "1"}


def prepare(part: str, *, verbose: bool) -> None:
    """Make `.venv` fit the lock files; does nothing, and needs no network, when it already does.

    Args:
        part: "main" for what robots need, "test" for that and what the tests need.
        verbose: print what the installers write.

    Raises:
        CannotStartError: with what to do about it. The next start goes on, or begins anew, by itself.
    """
    if is_ready(part):
        return
    try:
        with only_start():
            if not is_ready(part):
                say(
                    "Installerer Gevinsts pakker i .venv; det sker kun første gang og efter en opdatering ..."
                )
                say(
                    "Installing the packages of Gevinst in .venv; only the first time and after an update ..."
                )
                install(part, verbose=verbose)
    except OSError as error:
        raise CannotStartError(reason_of(error), found=str(ROOT)) from error


def reason_of(error: OSError) -> str:
    """Tell a full disk from a folder that may not be written to; anything else is raised again."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "disk_full"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "read_only"
    raise error


@contextmanager
def only_start() -> Iterator[None]:
    """Let one start install at a time; the others wait, and say so.

    The operating system frees the lock when its holder ends, however it ends.
    """
    with SETUP_LOCK.open("a+b") as handle:
        give_up = time.monotonic() + WAIT_SECONDS
        told = False
        while not try_lock(handle):
            if time.monotonic() > give_up:
                raise CannotStartError("busy", code=BUSY)
            if not told:
                say("En anden start installerer; venter på den ...")
                say("Another start is installing; waiting for it ...")
                told = True
            time.sleep(0.2)
        yield


def try_lock(handle: BinaryIO) -> bool:
    """Take the lock without waiting; it is held until the file is closed."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - does not exist on Windows

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
            return False
        raise
    return True


def is_ready(part: str) -> bool:
    """Say whether `.venv` was completely installed from the files as they are now, here, for this Python."""
    return PYTHON.exists() and read_stamp().get(part) == hash_of(part)


def hash_of(part: str) -> str:
    """Hash all that decides what is installed for a part: Python, place, lock files and pyproject."""
    digest = hashlib.sha256(f"{sys.version}\0{ROOT}".encode())
    if part != "place":
        for name in (INSTALLER, *dict.fromkeys((REQUIREMENTS["main"], REQUIREMENTS[part])), "pyproject.toml"):
            digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read_stamp() -> dict[str, str]:
    """Read the hashes of the parts that are completely installed; "place" alone means: begun, not done."""
    try:
        lines = STAMP.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split(" ", 1) for line in lines)


def write_stamp(*parts: str) -> None:
    """Write the stamp in one step, so that it is never seen half-written."""
    fresh = STAMP.with_suffix(".new")
    fresh.write_text("".join(f"{part} {hash_of(part)}\n" for part in ("place", *parts)), encoding="ascii")
    fresh.replace(STAMP)


def install(part: str, *, verbose: bool) -> None:
    """Make or mend the environment and install a part's packages and Gevinst itself; the stamp comes last."""
    before = make_environment(verbose=verbose)
    try:
        ensure_pip(verbose=verbose)
        pip = [str(PYTHON), "-m", "pip", "install"]
        call([*pip, "--require-hashes", "--no-deps", "-r", INSTALLER], verbose=verbose)
        install_packages(part, verbose=verbose)
    except CannotStartError:
        if before:  # what was there still works: the next start mends it instead of fetching all anew
            STAMP.write_bytes(before)
        raise
    write_source_path()
    write_stamp(*(("main", "test") if part == "test" else ("main",)))


def make_environment(*, verbose: bool) -> bytes:
    """Make `.venv`, or keep the one that is there when it can be built upon, and mark it as begun.

    Returns:
        The stamp of an environment that was complete, or nothing.
    """
    if VENV.exists() and not is_reusable():
        shutil.rmtree(VENV)
    before = STAMP.read_bytes() if STAMP.exists() else b""
    VENV.mkdir(exist_ok=True)
    write_stamp()
    if not PYTHON.exists():
        for module in ("venv", "ensurepip"):
            if importlib.util.find_spec(module) is None:
                raise CannotStartError("no_venv", found=module)
        # The Python that this one's environment was made from: `.venv` itself may just have been removed.
        base = getattr(sys, "_base_executable", sys.executable)
        call([base, "-m", "venv", str(VENV)], verbose=verbose)
    return before


def is_reusable() -> bool:
    """Say whether an environment can be built upon: of this Python, of this place, and not left half-done.

    One without a stamp was made by hand, by another tool: it is kept if its Python is this one.
    """
    stamp = read_stamp()
    if stamp:
        return stamp.get("place") == hash_of("place") and "main" in stamp
    if not PYTHON.exists():
        return False
    found = subprocess.run(
        [str(PYTHON), "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() == sys.version


def ensure_pip(*, verbose: bool) -> None:
    """Put pip into an environment that was made without it, as uv makes them."""
    if subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True, check=False).returncode:
        call([str(PYTHON), "-m", "ensurepip"], verbose=verbose)


def install_packages(part: str, *, verbose: bool) -> None:
    """Install what is locked, then Gevinst itself where it stands: by uv, or by pip where uv cannot."""
    listed = VENV / "requirements.txt"
    listed.write_text(
        without(LEFT_OUT, (ROOT / REQUIREMENTS[part]).read_text(encoding="utf-8")), encoding="utf-8"
    )
    locked = ["--require-hashes", "--no-deps", "--no-build-isolation", "-r", str(listed)]
    itself = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON)]
    pip = [str(PYTHON), "-m", "pip", "install"]
    try:
        call([*uv, *locked], verbose=verbose)
        call([*uv, *itself], verbose=verbose)
    except CannotStartError as error:
        if error.reason == "disk_full":
            raise
        call([*pip, *locked], verbose=verbose)
        call([*pip, *itself], verbose=verbose)


def without(package: str, requirements: str) -> str:
    """Take one package out of a list of requirements, with the lines of hashes that belong to it."""
    kept = []
    dropping = False
    for line in requirements.splitlines(keepends=True):
        if not line.startswith((" ", "#")):
            dropping = line.startswith(f"{package}==")
        if not dropping:
            kept.append(line)
    return "".join(kept)


def write_source_path() -> None:
    """Point the environment at `src` by a relative path too.

    The installer's own path file is read in the code page of Windows, where a folder named æøå is not found.
    """
    [packages] = [*VENV.glob("lib/python*/site-packages"), *VENV.glob("Lib/site-packages")][:1]
    (packages / "gevinst-source.pth").write_text(
        os.path.relpath(ROOT / "src", packages) + "\n", encoding="ascii"
    )


def call(command: Sequence[str], *, verbose: bool) -> None:
    """Run one step of the set-up.

    Raises:
        CannotStartError: it failed; after the cause that its output names, or with the end of that output.
    """
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if verbose and done.stdout:
        say(done.stdout.rstrip())
    if not done.returncode:
        return
    reason = cause(done.stdout)
    if reason == "failed" and shutil.disk_usage(ROOT).free < ROOM_NEEDED:
        reason = "disk_full"
    if reason == "failed" and not verbose:
        say("\n".join(done.stdout.rstrip().splitlines()[-15:]))
    raise CannotStartError(reason, found=str(ROOT))


def cause(output: str) -> str:
    """Find in an installer's output what stopped it: a key of MESSAGES."""
    low = output.lower()
    return next((reason for reason, signs in CAUSES.items() if any(sign in low for sign in signs)), "failed")


def say(text: str) -> None:
    """Tell how the set-up goes, apart from the output of the command itself."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
