/** A ready-made trip: what happens on which of its days, at which time where one is then. */
export interface Itinerary {
  key: string
  name: string
  /** A line that makes one want to go. */
  teaser: string
  timeZone: string
  /** How many days it takes. */
  days: number
  /** The weekday it is meant to start on: 0 is Sunday. */
  startsOnWeekday: number
  /** Which of the drawings stands for it. */
  picture: 'city' | 'temple' | 'mountain' | 'sea'
  items: ItineraryItem[]
}

export interface ItineraryItem {
  /** 1 is the first day. */
  day: number
  /** Local time, `HH:mm`. */
  from: string
  to: string
  /** When it ends after midnight: how many days later. */
  endsDaysLater?: number
  summary: string
  location: string
  notes?: string
  /** Where it is not the trip's own: on the way. */
  timeZone?: string
}
