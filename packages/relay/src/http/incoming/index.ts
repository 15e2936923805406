export { gunzip, type Unfolded } from './gunzip.ts'
export { linger } from './linger.ts'
export { type NoBody, readIncoming } from './read-incoming.ts'
export { LOOK_EVERY_MS, Room, type RoomOptions, type Share } from './room.ts'
