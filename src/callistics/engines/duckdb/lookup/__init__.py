"""Finding stored records by their ids."""
