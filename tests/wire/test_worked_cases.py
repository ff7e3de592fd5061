"""The worked cases once more, each statement and record sent over HTTP."""

from oracle import test_cases

# Their tests take the store of this folder.
globals().update({name: case for name, case in vars(test_cases).items() if name[:5] == "test_"})
