/** Every migration, in the order of their names. A released migration is never changed; a later one corrects it. */
import { theSevenSteps } from './001-the-seven-steps'
import { registeredClients } from './002-registered-clients'
import { keyRotation } from './003-key-rotation'
import { sweeping } from './004-sweeping'
import { registryVersion } from './005-registry-version'
import { consentsOfClient } from './006-consents-of-client'
import { firstParty } from './007-first-party'

export const migrations = {
  '001-the-seven-steps': theSevenSteps,
  '002-registered-clients': registeredClients,
  '003-key-rotation': keyRotation,
  '004-sweeping': sweeping,
  '005-registry-version': registryVersion,
  '006-consents-of-client': consentsOfClient,
  '007-first-party': firstParty,
}
