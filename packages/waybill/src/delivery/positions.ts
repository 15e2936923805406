import type { GroupAnswer } from './question.ts'

/**
 * An answer about a part of a group, told in positions of the whole group: `positions[i]` is where the event that was sent
 * as number i stands in the group.
 */
export function mapPositions(answer: GroupAnswer, positions: readonly number[]): GroupAnswer {
  if (answer.kind !== 'refused') return answer
  return { ...answer, events: answer.events.map((event) => ({ ...event, position: positions[event.position]! })) }
}
