export { type Moved, type MoveOptions, moveStore, type UndoOptions, undoMove } from './move.ts'
