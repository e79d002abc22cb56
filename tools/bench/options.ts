import { parseArgs } from 'node:util'
import { fail } from '../lib/bootstrap.mjs'
import type { FloorPlan } from './against-floor.ts'
import type { FloodPlan } from './flood.ts'
import type { GrowthPlan } from './growth.ts'

export const PARTS = ['operations', 'spread', 'flood', 'moto', 'start-up', 'growth', 'backup'] as const

export type Part = (typeof PARTS)[number]

/** How long and how often everything is measured. */
export interface Plan extends FloodPlan, FloorPlan, GrowthPlan {
  /** For the operations. */
  seconds: number
  coldStarts: number
  /** Identities of the pools that grow, ascending. */
  sizes: number[]
  /** Identities that are exported and imported. */
  identities: number
}

export interface Options {
  plan: Plan
  parts: ReadonlySet<Part>
  /** Id of the operation that is profiled instead. */
  profile: string | undefined
  /** File for the figures. */
  json: string | undefined
  /** Whether the figures go into the documents. */
  write: boolean
  allowMissing: boolean
}

/** Operations that share the time of the run. */
const OPERATIONS = 9

/** Reads the command line, or ends with one sentence. */
export function optionsFrom(args: string[]): Options {
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '90' },
      concurrency: { type: 'string', default: '8' },
      algorithm: { type: 'string', default: 'RS256' },
      growth: flag,
      sizes: { type: 'string', default: '1000,100000,1000000' },
      identities: { type: 'string', default: '1000000' },
      only: { type: 'string' },
      quick: flag,
      'allow-missing': flag,
      json: { type: 'string' },
      write: flag,
      profile: { type: 'string' },
    },
  })
  const { 'allow-missing': allowMissing, json, profile, write } = values
  return { plan: planOf(values), parts: partsOf(values), profile, json, write, allowMissing }
}

interface PlanValues {
  algorithm: string
  concurrency: string
  identities: string
  quick: boolean
  seconds: string
  sizes: string
}

function planOf({ algorithm, concurrency, identities, quick, seconds, sizes }: PlanValues): Plan {
  const rounds = quick ? 1 : 5
  const total = quick ? 0.25 : positive('seconds', seconds)
  return {
    algorithm,
    concurrency: positive('concurrency', concurrency),
    seconds: total,
    rounds,
    // Three sides, with two slices each a round.
    slice: (total * 1000) / (OPERATIONS * 6 * rounds),
    floodSlice: quick ? 100 : 3_000,
    dayBudget: quick ? 150 : 1_000,
    warmUp: quick ? 5 : 1500,
    coldStarts: quick ? 1 : 15,
    emptyPools: quick ? 3 : 200,
    evictions: quick ? 1 : 5,
    callsForMemory: quick ? 50 : 5_000,
    identities: positive('identities', quick ? '1100' : identities),
    sizes: (quick ? '100,1000' : sizes).split(',').map((size) => positive('sizes', size)),
  }
}

interface PartValues {
  growth: boolean
  only?: string | undefined
  quick: boolean
  write: boolean
}

function partsOf({ growth, only, quick, write }: PartValues): ReadonlySet<Part> {
  if (write && (quick || only)) fail('--write measures everything, so it goes with neither --quick nor --only.')
  if (write) return new Set(PARTS)
  const isAsked = (part: Part) => part !== 'flood' && (growth || !['growth', 'backup'].includes(part))
  if (only === undefined) return new Set(PARTS.filter(isAsked))
  return new Set(
    only
      .split(',')
      .map((name) => PARTS.find((part) => part === name) ?? fail(`--only ${name}: there are ${PARTS.join(', ')}.`)),
  )
}

function positive(name: string, text: string): number {
  const value = Number(text)
  return value > 0 ? value : fail(`--${name} ${text} is not a positive number.`)
}
