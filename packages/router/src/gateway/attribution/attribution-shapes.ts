// The headers by which a request says what it comes from, for the document of this API: whatever they hold, they are no error.
import { Type } from "typebox";

const said = (description: string) => Type.Optional(Type.String({ description }));

/** The headers that `attributionOf` reads. */
export const AttributionHeadersShape = Type.Object({
  "http-referer": said("The address of the app that asks; its query and fragment are not kept"),
  "x-openrouter-title": said("What the app calls itself"),
  "x-title": said("The same, where there is no `x-openrouter-title`"),
  "x-aimo-public-app": said("`1` lets the request count in the public ranking of apps"),
});
