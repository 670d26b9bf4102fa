"""Build the style sheet of the web doors; with --check, only compare the build with what is committed, where node is.

Nobody needs node to run or to test: the built sheet is committed. Whoever changes a style or a template builds it.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

STYLES = Path(__file__).parent.parent / "src" / "acuse" / "doors" / "ui" / "styles"
BUILT = STYLES.parent / "static" / "acuse" / "app.css"


def build(target: Path) -> None:
    """Compile the sheet into `target`, with the locked versions of package-lock.json."""
    if not (STYLES / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=STYLES, check=True)
    command = ["npx", "tailwindcss", "--input", "app.css", "--output", str(target), "--minify"]
    subprocess.run(command, cwd=STYLES, check=True, capture_output=True)


def main() -> int:
    """Build, or compare; returns the exit status."""
    if "--check" not in sys.argv:
        build(BUILT)
        return 0
    if shutil.which("npm") is None or not (STYLES / "node_modules").is_dir():
        print("The style sheet was not compared: node or its packages are not here.")
        return 0
    with tempfile.TemporaryDirectory() as directory:
        fresh = Path(directory) / "app.css"
        build(fresh)
        if fresh.read_bytes() == BUILT.read_bytes():
            return 0
    print("The committed style sheet is not the one its sources make: run make css and commit it.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
