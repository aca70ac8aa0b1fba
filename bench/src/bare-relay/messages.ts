// What the two ends of the bare relay say to each other, as JSON text.

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
