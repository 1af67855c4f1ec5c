"""The services by which a person or a depot can be written to.

What is not in this list is refused: nothing is ever looked up among Apprise's other plug-ins, on
disk, or in code that somebody brings along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """A service, and the class of Apprise that speaks to it."""

    name: str
    """In codes and in the names of recipients."""
    words: str
    plugin: str
    schemes: tuple[str, ...]
    example: str
    own_host: bool = False
    """Whether whoever types the address in chooses the host."""
    ends: str = ""
    """The action by which an alarm of ours is ended, where the service keeps one up."""
    alarms_at: Mapping[str, str] = field(default_factory=dict)
    """Where an alarm is ended by the name that we gave it, by region: Apprise itself ends only what
    the same process has raised."""


SERVICES = (
    Service(
        "slack",
        "Slack",
        "slack.NotifySlack",
        ("slack",),
        "https://hooks.slack.com/services/T…/B…/…",
    ),
    Service(
        "teams",
        "Microsoft Teams",
        "workflows.NotifyWorkflows",
        ("workflow", "workflows"),
        "https://….logic.azure.com/workflows/…",
        own_host=True,
    ),
    Service(
        "telegram", "Telegram", "telegram.NotifyTelegram", ("tgram",), "tgram://bot-token/chat-id"
    ),
    Service(
        "discord",
        "Discord",
        "discord.NotifyDiscord",
        ("discord",),
        "https://discord.com/api/webhooks/…/…",
    ),
    Service(
        "googlechat",
        "Google Chat",
        "google_chat.NotifyGoogleChat",
        ("gchat",),
        "https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…",
    ),
    Service(
        "webex",
        "Webex",
        "webexteams.NotifyWebexTeams",
        ("wxteams", "webex"),
        "https://webexapis.com/v1/webhooks/incoming/…",
    ),
    Service(
        "zulip", "Zulip", "zulip.NotifyZulip", ("zulip",), "zulip://bot@organization/token/stream"
    ),
    Service(
        "mattermost",
        "Mattermost",
        "mattermost.NotifyMattermost",
        ("mmost", "mmosts"),
        "mmosts://chat.example.com/token",
        own_host=True,
    ),
    Service(
        "rocketchat",
        "Rocket.Chat",
        "rocketchat.NotifyRocketChat",
        ("rocket", "rockets"),
        "rockets://webhook@chat.example.com/#channel",
        own_host=True,
    ),
    Service(
        "nextcloud",
        "Nextcloud Talk",
        "nextcloudtalk.NotifyNextcloudTalk",
        ("nctalk", "nctalks"),
        "nctalks://user:password@cloud.example.com/room",
        own_host=True,
    ),
    Service(
        "pagerduty",
        "PagerDuty",
        "pagerduty.NotifyPagerDuty",
        ("pagerduty",),
        "pagerduty://integration-key@api-key",
        ends="resolve",
    ),
    Service(
        "opsgenie",
        "Opsgenie",
        "opsgenie.NotifyOpsgenie",
        ("opsgenie",),
        "opsgenie://api-key/#team?region=eu",
        ends="close",
        alarms_at={
            "us": "https://api.opsgenie.com/v2/alerts",
            "eu": "https://api.eu.opsgenie.com/v2/alerts",
        },
    ),
    Service(
        "jira",
        "Jira Service Management",
        "jira.NotifyJira",
        ("jira",),
        "jira://api-key/#team",
        ends="close",
        alarms_at=dict.fromkeys(
            ("us", "eu"), "https://api.atlassian.com/jsm/ops/integration/v2/alerts"
        ),
    ),
    Service(
        "splunk",
        "Splunk On-Call",
        "splunk.NotifySplunk",
        ("splunk", "victorops"),
        "splunk://routing-key@api-key",
    ),
    Service(
        "squadcast",
        "Squadcast",
        "squadcast.NotifySquadcast",
        ("squadcast",),
        "squadcast://key",
        ends="resolve",
    ),
    Service("ilert", "ilert", "ilert.NotifyILert", ("ilert",), "ilert://key", ends="acknowledge"),
    Service(
        "incidentio",
        "incident.io",
        "incidentio.NotifyIncidentIO",
        ("incidentio",),
        "incidentio://source/token",
        ends="resolve",
    ),
    Service(
        "goalert",
        "GoAlert",
        "goalert.NotifyGoAlert",
        ("goalert", "goalerts"),
        "goalerts://goalert.example.com/?token=…",
        own_host=True,
        ends="close",
    ),
    Service("spike", "Spike", "spike.NotifySpike", ("spike",), "spike://token"),
    Service(
        "pagertree",
        "PagerTree",
        "pagertree.NotifyPagerTree",
        ("pagertree",),
        "pagertree://integration",
    ),
    Service(
        "pushover", "Pushover", "pushover.NotifyPushover", ("pover",), "pover://user-key@token"
    ),
    Service(
        "ntfy",
        "ntfy",
        "ntfy.NotifyNtfy",
        ("ntfy", "ntfys"),
        "ntfys://ntfy.example.com/topic",
        own_host=True,
    ),
    Service(
        "gotify",
        "Gotify",
        "gotify.NotifyGotify",
        ("gotify", "gotifys"),
        "gotifys://push.example.com/token",
        own_host=True,
    ),
    Service(
        "json",
        "JSON",
        "custom_json.NotifyJSON",
        ("json", "jsons"),
        "jsons://hooks.example.com/path",
        own_host=True,
    ),
    Service(
        "xml",
        "XML",
        "custom_xml.NotifyXML",
        ("xml", "xmls"),
        "xmls://hooks.example.com/path",
        own_host=True,
    ),
    Service(
        "form",
        "Form",
        "custom_form.NotifyForm",
        ("form", "forms"),
        "forms://hooks.example.com/path",
        own_host=True,
    ),
)

_NAMED = {service.name: service for service in SERVICES}
BY_SCHEME = {scheme: service for service in SERVICES for scheme in service.schemes}


def words(recipient: str) -> str:
    """The name of the service that a recipient such as `slack-17` is at; empty for none of ours."""
    service = _NAMED.get(recipient.partition("-")[0])
    return service.words if service else ""
