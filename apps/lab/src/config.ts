/** Environment in, typed configuration out. */
import { ConfigError, type Environment, readSurroundings, type Surroundings } from '@glasshouse/shared/environment'

export type Config = Surroundings

/** @throws ConfigError that names the variable and says what to do; always in production */
export function readConfig(env: Environment): Config {
  const config = readSurroundings(env)
  if (!config.demo) {
    throw new ConfigError('The Lab shows what others say to each other, so it does not start with NODE_ENV=production.')
  }
  if (config.addresses.labUrl === '') throw new ConfigError('LAB_URL=off means that the Lab is not to run.')
  return config
}
