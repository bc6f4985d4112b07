/** The eleven colours of an event, as CSS names (RFC 7986 §5.9): one for each, so that none is lost. */
const NAMES: Record<string, string> = {
  '1': 'cornflowerblue',
  '2': 'darkseagreen',
  '3': 'mediumorchid',
  '4': 'lightcoral',
  '5': 'gold',
  '6': 'orangered',
  '7': 'deepskyblue',
  '8': 'dimgray',
  '9': 'royalblue',
  '10': 'seagreen',
  '11': 'crimson',
}

export function colourOf(colorId: string): string | undefined {
  return NAMES[colorId]
}

/** @returns undefined for a colour that is not one of the eleven */
export function colorIdOf(name: string | undefined): string | undefined {
  return Object.keys(NAMES).find(id => NAMES[id] === name?.toLowerCase())
}
