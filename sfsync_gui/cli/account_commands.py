"""The commands around accounts: connect, disconnect, fields."""

from enum import StrEnum
from typing import Annotated

import typer

from sfsync_gui.cli.options import DATA_DIR, DataDir, Json, act
from sfsync_gui.cli.output import Output, UsageError, failures_reported
from sfsync_gui.core.schema import ACCOUNT, PERSON_OBJECTS
from sfsync_gui.core.vocabulary import Direction, Side

connect = typer.Typer(help="Sign in to a side.", no_args_is_help=True)

StartAfresh = Annotated[
    bool,
    typer.Option(
        "--start-afresh",
        help="Set the profile of another account aside; it comes back when you return to it.",
    ),
]


class RegionName(StrEnum):
    """Where Intercom keeps a workspace's data."""

    US = "US"
    EU = "EU"
    AU = "AU"


class ObjectName(StrEnum):
    """The Salesforce objects that are synced, and Intercom's companies."""

    LEAD = "Lead"
    CONTACT = "Contact"
    ACCOUNT = "Account"
    COMPANY = "company"


@connect.command("intercom")
def connect_intercom(
    region: Annotated[
        RegionName | None,
        typer.Option(case_sensitive=False, help="Where the workspace is; found by itself."),
    ] = None,
    api_url: Annotated[
        str, typer.Option(help="The address of the API, in place of a region.", show_default=False)
    ] = "",
    start_afresh: StartAfresh = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Connect Intercom with an access token, asked for or read from standard input.

    You find it in Intercom's Developer Hub: your app, Configure, Authentication. Signing in
    without a token (OAuth) needs a page that only SFSync's window can show.
    """
    from sfsync_gui.cli import connecting

    output = Output(as_json)
    with failures_reported(output):
        token = connecting.token_from_stdin()
    act(
        output,
        lambda: connecting.connect_intercom(
            data_dir, output, token, region or "", api_url, start_afresh=start_afresh
        ),
    )


@connect.command("salesforce")
def connect_salesforce(
    login_url: Annotated[
        str,
        typer.Option(
            help="production, sandbox, or your My Domain (https://….my.salesforce.com).",
            show_default=False,
        ),
    ] = "",
    client_id: Annotated[
        str,
        typer.Option(help="The consumer key of your External Client App.", show_default=False),
    ] = "",
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address in place of opening it.")
    ] = False,
    instance_url: Annotated[
        str,
        typer.Option(
            help="The org's address: tokens are then read as JSON from standard input.",
            show_default=False,
        ),
    ] = "",
    start_afresh: StartAfresh = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Connect Salesforce in your browser, or with tokens that were made elsewhere.

    Address and consumer key may be left out when you connect again. Tokens are read as
    {"access_token": "…", "refresh_token": "…"}, or as `sf org display --json` prints them.
    """
    from sfsync_gui.cli import connecting

    output = Output(as_json)
    how: connecting.How
    with failures_reported(output):
        if instance_url:
            how = connecting.grant_from_stdin(instance_url, client_id, login_url)
        else:
            how = connecting.BrowserSignIn(login_url, client_id, not no_browser)
    act(
        output,
        lambda: connecting.connect_salesforce(data_dir, output, how, start_afresh=start_afresh),
    )


def disconnect(
    side: Annotated[Side, typer.Argument(help="Which side to let go.")],
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Take the access back and forget it; links, history and settings stay."""
    from sfsync_gui.cli import connecting

    output = Output(as_json)
    act(output, lambda: connecting.disconnect(data_dir, output, side))


def fields(
    side: Annotated[Side, typer.Argument(help="Whose fields to list.")],
    object_name: Annotated[
        ObjectName | None,
        typer.Option(
            "--object",
            case_sensitive=False,
            help="Only of this object; account and company mean the two together.",
        ),
    ] = None,
    compatible_with: Annotated[
        str,
        typer.Option(help="Only those that fit this field of the other side.", show_default=False),
    ] = "",
    direction: Annotated[
        Direction | None,
        typer.Option(help="Which way values are to go: two_way where it is left out."),
    ] = None,
    why_not: Annotated[
        bool, typer.Option("--why-not", help="Those that do not fit too, and why.")
    ] = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """List the fields of a side, or those that fit a field of the other side."""
    from sfsync_gui.cli.fields import Question, show_fields

    output = Output(as_json)
    objects = PERSON_OBJECTS if object_name is None else (object_name.value,)
    if object_name is ObjectName.COMPANY:
        objects = (ACCOUNT,)
    with failures_reported(output):
        if (why_not or direction) and not compatible_with:
            raise UsageError(
                "Not understood",
                "--direction and --why-not go with --compatible-with.",
                "Name the field of the other side with --compatible-with.",
            )
    question = Question(side, objects, compatible_with, direction or Direction.TWO_WAY, why_not)
    act(output, lambda: show_fields(data_dir, output, question))
