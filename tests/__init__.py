"""Tests; see CONTRIBUTING.md for what runs when."""

import pytest

pytest.register_assert_rewrite("tests.support")
