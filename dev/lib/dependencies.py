"""Print the modules that the addons in a folder depend on, apart from each other: dependencies.py FOLDER [MORE…]"""

import ast
import sys
from pathlib import Path

folder, *more = sys.argv[1:]
manifests = {path.parent.name: ast.literal_eval(path.read_text()) for path in Path(folder).glob("*/__manifest__.py")}
modules = {name for manifest in manifests.values() for name in manifest.get("depends", ())} - manifests.keys()
print(",".join(sorted(modules | set(more))))
