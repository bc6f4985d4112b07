/** A ready-made trip: its activities by day, in the local time of the place. */
export interface Itinerary {
  key: string
  name: string
  /** One sentence to advertise the trip. */
  teaser: string
  timeZone: string
  /** Its length in days. */
  days: number
  /** The weekday that it should start on; 0 is Sunday. */
  startsOnWeekday: number
  /** The picture that is shown for it. */
  picture: 'city' | 'temple' | 'mountain' | 'sea'
  items: ItineraryItem[]
}

export interface ItineraryItem {
  /** 1 is the first day. */
  day: number
  /** Local time, `HH:mm`. */
  from: string
  to: string
  /** How many days later it ends, if it ends after midnight. */
  endsDaysLater?: number
  summary: string
  location: string
  notes?: string
  /** The time zone, if it differs from the trip's, as on the way there. */
  timeZone?: string
}
