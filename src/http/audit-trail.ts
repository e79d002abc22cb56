import { auditRecord, type Facts, MAX_USER_AGENT_CHARS } from '../audit/index.ts'
import { networkOf } from '../base/ip.ts'
import type { LogFields, LogValue } from '../base/log.ts'
import type { Operation, Services } from '../operations/index.ts'
import type { Fault } from '../protocol/index.ts'

/** One request to an operation, as its record tells it. */
interface RequestStart {
  operation: Operation
  requestId: string
  operationId: string
  clientAddress: string
  userAgent: string | null
  /** Milliseconds since the epoch. */
  time: number
}

/**
 * Gathers what becomes known of a request and leaves one record of it, whatever comes of it; of a request that gives out
 * nothing and changes nothing only if it is refused.
 */
export class AuditTrail {
  readonly #requested: RequestStart
  readonly #services: Services
  #facts: Facts = {}

  constructor(requested: RequestStart, services: Services) {
    this.#requested = requested
    this.#services = services
  }

  /** What is noted later adds to what is known: lists grow, anything else of the same name is replaced. */
  readonly note = (facts: Facts): void => {
    const { decision, response } = this.#facts
    Object.assign(this.#facts, facts)
    if (facts.response) this.#facts.response = Object.assign(response ?? {}, facts.response)
    if (facts.decision) this.#facts.decision = added(decision ?? {}, facts.decision)
  }

  /** Leaves the record. `fault`: as the client is told it. */
  end(fault?: Fault): void {
    const { clientAddress, operation, operationId, requestId, time, userAgent } = this.#requested
    if ((operation.readOnly || this.#facts.goesOn) && !fault) return
    const requested = {
      requestId,
      eventId: operationId,
      time,
      service: operation.service,
      operation: operation.name,
      readOnly: operation.readOnly,
      management: operation.management,
      sourceAddress: clientAddress,
      userAgent: userAgent?.slice(0, MAX_USER_AGENT_CHARS),
    }
    const { decisions, world } = this.#services
    const record = auditRecord(requested, this.#facts, fault && { code: fault.code, message: fault.recorded })
    world.log.text('audit', record)
    const { account, actor } = this.#facts
    // Who asks why something was refused does not mean the questions.
    if (fault && operation.service !== 'edge-identity') decisions.keepAsLast(record)
    if (account === undefined) return
    const signed = actor?.kind === 'user' || actor?.kind === 'operator' || actor?.kind === 'session'
    decisions.keep(requestId, record, {
      account,
      client: networkOf(clientAddress),
      signed,
      refused: fault !== undefined,
    })
  }
}

/** Adds to what is known, in place: every request notes several times. */
function added(known: Record<string, LogValue>, more: LogFields): LogFields {
  for (const name in more) {
    const [before, value] = [known[name], more[name]]
    known[name] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value
  }
  return known
}
