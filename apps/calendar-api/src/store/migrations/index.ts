/** All migrations, in the order of their names. A released migration is never changed; a later one corrects it. */
import { events } from './001-events'
import { growth } from './002-growth'
import { series } from './003-series'
import { changes } from './004-changes'
import { details } from './005-details'
import { creator } from './007-creator'
import { deletionTimes } from './008-deletion-times'
import { calendars } from './009-calendars'
import { changesOfOwner } from './010-changes-of-owner'
import { files } from './011-files'
import { feeds } from './012-feeds'
import { seriesInAWindow } from './013-series-in-a-window'

export const migrations = {
  '001-events': events,
  '002-growth': growth,
  '003-series': series,
  '004-changes': changes,
  '005-details': details,
  '007-creator': creator,
  '008-deletion-times': deletionTimes,
  '009-calendars': calendars,
  '010-changes-of-owner': changesOfOwner,
  '011-files': files,
  '012-feeds': feeds,
  '013-series-in-a-window': seriesInAWindow,
}
