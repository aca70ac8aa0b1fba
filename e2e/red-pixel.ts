// The smallest picture there is, for requests that carry one.

/** A red pixel as a PNG file. */
export const RED_PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

/** The same as the URL that chat messages carry. */
export const RED_PIXEL_URL = `data:image/png;base64,${RED_PIXEL.toString("base64")}`;
