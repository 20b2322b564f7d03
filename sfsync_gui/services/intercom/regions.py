"""Where a workspace lives: Intercom keeps the data of each in one of three regions."""

from enum import StrEnum


class Region(StrEnum):
    """A region, as `app.region` of `GET /me` names it ("REST APIs", regional hosting)."""

    US = "US"
    EU = "EU"
    AU = "AU"

    @property
    def label(self) -> str:
        """The region's name for people."""
        return {Region.US: "United States", Region.EU: "Europe", Region.AU: "Australia"}[self]

    @property
    def api_url(self) -> str:
        """The address of the region's REST API."""
        return f"https://api.{self._subdomain}intercom.io"

    @property
    def sign_in_url(self) -> str:
        """The address of the region's web application, where people sign in."""
        return f"https://app.{self._subdomain}intercom.com"

    @property
    def _subdomain(self) -> str:
        return "" if self is Region.US else f"{self.value.lower()}."
