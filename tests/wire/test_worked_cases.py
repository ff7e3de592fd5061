"""The worked cases once more, each statement and record sent over HTTP."""

from oracle import test_cases, test_cases_of_figures

# Their tests take the store of this folder.
globals().update(
    {
        name: case
        for module in (test_cases, test_cases_of_figures)
        for name, case in vars(module).items()
        if name[:5] == "test_"
    }
)
