/** How users of the bench are named by their issuer: as long as a UUID, and in no order that an index could profit from. */
export function subjectOf(n: number): string {
  const scattered = Math.imul(n + 1, 0x9e3779b1) >>> 0
  return `${scattered.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
}
