"""Google's own client for Python, told only where our two services are (docs/google.md).

Reads one line of JSON: `client` (id and secret), `auth_server`, `calendar_api`, `redirect_uri`. Writes one line of JSON for
each step: first the URL that the user has to open, then, after a line with the URL that the browser came back to, what the
library got. `google-python.spec.ts` says what each has to be.
"""

import json
import os
import sys

from google.auth.transport.requests import Request
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

# The services have no TLS on `localhost`.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
SCOPE = "https://www.googleapis.com/auth/calendar"
ZONE = "Europe/Amsterdam"
JUNE = {"timeMin": "2031-06-01T00:00:00Z", "timeMax": "2031-07-01T00:00:00Z"}


def tell(**step):
    print(json.dumps(step), flush=True)


def refusal(request):
    """The status and the reason that the library reads from a refused request."""
    try:
        request.execute()
    except HttpError as error:
        return [error.status_code, error.error_details[0]["reason"]]
    return None


def draft(summary, day=1, **more):
    start, end = (f"2031-06-0{day}T{hour}:00:00" for hour in (10, 11))
    return {
        "summary": summary,
        "start": {"dateTime": start, "timeZone": ZONE},
        "end": {"dateTime": end, "timeZone": ZONE},
        **more,
    }


def sign_in(told):
    config = {
        "web": {
            **told["client"],
            "auth_uri": f"{told['auth_server']}/authorize",
            "token_uri": f"{told['auth_server']}/token",
        }
    }
    flow = Flow.from_client_config(config, [SCOPE], redirect_uri=told["redirect_uri"])
    address, _state = flow.authorization_url(access_type="offline")
    tell(authorization_url=address)
    flow.fetch_token(authorization_response=sys.stdin.readline().strip())
    return flow.credentials


def main():
    told = json.loads(sys.stdin.readline())
    credentials = sign_in(told)
    google = build(
        "calendar",
        "v3",
        credentials=credentials,
        client_options={"api_endpoint": f"{told['calendar_api']}/calendar/v3/"},
    )
    events = google.events()

    own = google.calendars().insert(body={"summary": "Python", "timeZone": ZONE}).execute()["id"]
    listed = google.calendarList().list().execute()["items"]
    tell(calendars=[[item["id"] == own, item.get("primary"), item["accessRole"]] for item in listed])

    flight = events.insert(calendarId=own, body=draft("Flight")).execute()["id"]
    weekly = draft("Breakfast", 2, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])
    events.insert(calendarId=own, body=weekly).execute()
    page = events.list(calendarId=own, singleEvents=True, orderBy="startTime", maxResults=3, **JUNE)
    summaries = []
    while page is not None:
        answer = page.execute()
        summaries.append([event["summary"] for event in answer["items"]])
        page = events.list_next(page, answer)
    tell(pages=summaries)

    token = events.list(calendarId=own).execute()["nextSyncToken"]
    events.patch(calendarId=own, eventId=flight, body={"location": "Schiphol"}).execute()
    changes = events.list(calendarId=own, syncToken=token).execute()
    tell(changed=[[event["summary"], event["location"]] for event in changes["items"]])

    # As if an hour had passed, twice: each time the library has to send the refresh token that it got last.
    refresh_tokens = {credentials.refresh_token}
    for _hour in range(2):
        credentials.refresh(Request())
        refresh_tokens.add(credentials.refresh_token)
    tell(refresh_tokens=len(refresh_tokens))

    events.move(calendarId=own, eventId=flight, destination="primary").execute()
    after = events.list(calendarId=own, syncToken=changes["nextSyncToken"]).execute()["items"]
    tell(moved=[[event["id"] == flight, event["status"]] for event in after])
    events.delete(calendarId="primary", eventId=flight).execute()
    tell(deleted=refusal(events.get(calendarId="primary", eventId=flight)))
    tell(elsewhere=refusal(events.list(calendarId="primary", syncToken=token)))

    question = {**JUNE, "items": [{"id": own}]}
    tell(busy=len(google.freebusy().query(body=question).execute()["calendars"][own]["busy"]))
    google.calendars().delete(calendarId=own).execute()


main()
