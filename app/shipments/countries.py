"""Countries by their code or by what people write out in full."""

from __future__ import annotations

from phonenumbers import SUPPORTED_REGIONS

_NAMES = {
    "AE": "United Arab Emirates, ARE, UAE",
    "AR": "Argentina, ARG",
    "AT": "Austria, Österreich, AUT",
    "AU": "Australia, AUS",
    "BE": "Belgium, België, Belgique, BEL",
    "BG": "Bulgaria, BGR",
    "BR": "Brazil, Brasil, BRA",
    "CA": "Canada, CAN",
    "CH": "Switzerland, Schweiz, Suisse, CHE",
    "CL": "Chile, CHL",
    "CN": "China, CHN",
    "CO": "Colombia, COL",
    "CZ": "Czechia, Czech Republic, CZE",
    "DE": "Germany, Deutschland, DEU",
    "DK": "Denmark, Danmark, DNK",
    "EE": "Estonia, EST",
    "ES": "Spain, España, ESP",
    "FI": "Finland, Suomi, FIN",
    "FR": "France, FRA",
    "GB": "United Kingdom, Great Britain, England, Scotland, Wales, Northern Ireland, GBR, UK",
    "GR": "Greece, GRC",
    "HK": "Hong Kong, HKG",
    "HR": "Croatia, HRV",
    "HU": "Hungary, HUN",
    "ID": "Indonesia, IDN",
    "IE": "Ireland, IRL",
    "IL": "Israel, ISR",
    "IN": "India, IND",
    "IT": "Italy, Italia, ITA",
    "JP": "Japan, JPN",
    "KR": "South Korea, Republic of Korea, KOR",
    "LT": "Lithuania, LTU",
    "LU": "Luxembourg, LUX",
    "LV": "Latvia, LVA",
    "MX": "Mexico, México, MEX",
    "MY": "Malaysia, MYS",
    "NL": "Netherlands, The Netherlands, Nederland, NLD",
    "NO": "Norway, Norge, NOR",
    "NZ": "New Zealand, NZL",
    "PH": "Philippines, PHL",
    "PL": "Poland, Polska, POL",
    "PR": "Puerto Rico, PRI",
    "PT": "Portugal, PRT",
    "RO": "Romania, ROU",
    "SA": "Saudi Arabia, SAU",
    "SE": "Sweden, Sverige, SWE",
    "SG": "Singapore, SGP",
    "SI": "Slovenia, SVN",
    "SK": "Slovakia, SVK",
    "TH": "Thailand, THA",
    "TR": "Turkey, Türkiye, TUR",
    "TW": "Taiwan, TWN",
    "UA": "Ukraine, UKR",
    "US": "United States, United States of America, USA, U.S.A., U.S.",
    "VN": "Vietnam, Viet Nam, VNM",
    "ZA": "South Africa, ZAF",
}
"""What couriers write out in full. A name that is not here is left open rather than guessed:
the phone number is then read without a country, and says so."""

_CODES = {
    name.strip().casefold(): code for code, names in _NAMES.items() for name in names.split(",")
} | {code.casefold(): code for code in SUPPORTED_REGIONS}


def country(value: object) -> str | None:
    """The ISO 3166 alpha-2 code for a code or an English name; None when not sure."""
    return _CODES.get(" ".join(value.split()).casefold()) if isinstance(value, str) else None
