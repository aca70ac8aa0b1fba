"""Runs the tests beside this file and prints a line of JSON for each: what it claims, and how it failed or null."""

import json
import sys
import unittest
from pathlib import Path
from typing import Any


class Report(unittest.TestResult):
    """Tells of each test as soon as it has ended."""

    def tell(self, test: unittest.TestCase, failure: str | None) -> None:
        print(json.dumps({"claim": test.shortDescription() or test.id(), "failure": failure}), flush=True)

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.tell(test, None)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self.tell(test, self.failures[-1][1])

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self.tell(test, self.errors[-1][1])


tests = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
sys.exit(0 if tests.run(Report()).wasSuccessful() else 1)
