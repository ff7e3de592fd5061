"""Where backups are, as an argument names it."""

from urllib.parse import urlsplit

from callistics.backups.kept import Kept
from callistics.backups.place import Place
from callistics.cli.root import Failure


def kept_at(address: str) -> Kept:
    """The backups in a folder or a bucket. Raises `Failure` for what is no address."""
    try:
        urlsplit(address)
    except ValueError as error:
        raise Failure(f"{address}: is no folder and no address ({error})") from error
    return Kept(Place(address))
