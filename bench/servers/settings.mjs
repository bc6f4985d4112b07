/** What lib/peers.mjs tells a peer. */
const { PORT = '', CLIENT_ID = '', CLIENT_SECRET = '', REDIRECT_URI = '', DATABASE = '' } = process.env

export const PORT_NUMBER = Number(PORT)
export const ISSUER = `http://localhost:${PORT}`
/** The audience of the access tokens. Peers serve the calendar themselves. */
export const API = ISSUER
export const CLIENT = { id: CLIENT_ID, secret: CLIENT_SECRET, redirectUri: REDIRECT_URI }
export const SCOPES = ['calendar.read', 'calendar.write']
export const DATABASE_FILE = DATABASE
