// What the two ends of the bare relay say to each other, as JSON text, and the front to whoever started it.

/** The line with which the front says that its back has come. */
export const LINKED = "linked";

/** A request on its way to the model. */
export interface Asked {
  readonly id: number;
  readonly agent: string;
  readonly body: object;
}

/** A part of its answer; the first names status and type. */
export interface AnswerPart {
  readonly id: number;
  readonly status?: number;
  readonly type?: string;
  readonly text: string;
  readonly isLast: boolean;
}
