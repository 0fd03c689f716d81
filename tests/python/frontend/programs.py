"""All example programs."""

from __future__ import annotations

import programs_assignment
import programs_control
import programs_exceptions
import programs_functions
import programs_values
from cases import CASES

__all__ = ["CASES", "programs_assignment", "programs_control", "programs_exceptions", "programs_functions", "programs_values"]
