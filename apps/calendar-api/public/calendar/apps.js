// Which app put an event into the calendar: its name and its colour.

const { client, appNames } = document.getElementById('calendar').dataset
const NAMES = JSON.parse(appNames || '{}')

/** The colours of the family: this calendar's own, the third party's, and one for all others. */
const PARTY = { [client]: 'resource-server', tripmate: 'client' }

/** @returns undefined if the API does not say. `party` is for `data-party` */
export function appOf({ creator }) {
  const id = creator?.clientId
  if (!id) return undefined
  return { id, name: NAMES[id] ?? id, party: PARTY[id] ?? 'lab' }
}

/** Lists the apps whose events are shown, as a key to the colours. */
export function showApps(list, events) {
  const apps = new Map(
    events
      .map(appOf)
      .filter(Boolean)
      .map(app => [app.id, app]),
  )
  list.replaceChildren(
    ...[...apps.values()].map(({ name, party }) => {
      const item = document.createElement('li')
      item.dataset.party = party
      item.textContent = name
      return item
    }),
  )
}
