import { beforeAll } from 'vitest'
import { asNew } from './as-new.ts'

/**
 * Runs before the tests of each file in workerd: no time limit ends anything, however busy the machine is. A test that is
 * about a limit lets it end by `shortenTimeLimits`.
 */
AbortSignal.timeout = () => new AbortController().signal

beforeAll(asNew)
