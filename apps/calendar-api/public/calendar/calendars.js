// The calendars that are shown. So far everybody has one. When the API lists several, this is the place to read them: the
// rest of the page takes a calendar as a parameter, and draws the events of all of them.

const PRIMARY = { id: 'primary', name: 'Your calendar', events: '/calendar/events' }

export function calendars() {
  return [PRIMARY]
}
