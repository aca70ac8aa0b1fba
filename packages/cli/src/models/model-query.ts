// What is asked of a router's list of models, out of a command's options.
import { CommandFault } from "../fault.ts";
import type { CommandInput } from "../command-spec.ts";

const SORTS: Readonly<Record<string, string>> = {
  price: "pricing-low-to-high",
  throughput: "throughput-high-to-low",
  latency: "latency-low-to-high",
  newest: "newest",
  context: "context-high-to-low",
};

/** Words for what goes in; everything else is a parameter by OpenRouter's name, and the router knows which there are. */
const INPUTS: Readonly<Record<string, string>> = {
  vision: "image",
  image: "image",
  images: "image",
  audio: "audio",
  video: "video",
  file: "file",
  files: "file",
};
const PARAMETERS: Readonly<Record<string, string>> = {
  json: "response_format",
  json_schema: "structured_outputs",
  thinking: "reasoning",
};

const FEATURE = /^[a-z0-9_]{1,60}$/;

function readFeatures(text: string): { readonly inputs: readonly string[]; readonly parameters: readonly string[] } {
  const features = text
    .toLowerCase()
    .split(",")
    .map((each) => each.trim().replaceAll("-", "_"));
  const strange = features.find((each) => !FEATURE.test(each));
  if (strange !== undefined) {
    throw new CommandFault({
      what: "--supports: expected features with commas between, such as tools,vision.",
      why: strange === "" ? "one of them is empty." : "one of them is no word.",
      next: "aimo models --help says which there are.",
      reason: "usage",
    });
  }
  const inputs = features.flatMap((each) => INPUTS[each] ?? []);
  const parameters = features.filter((each) => INPUTS[each] === undefined).map((each) => PARAMETERS[each] ?? each);
  return { inputs, parameters };
}

/** The query of `GET /models`. */
export function modelQuery({ arguments: words, options }: CommandInput): Record<string, string> {
  const { sort, supports } = options;
  const { inputs, parameters } = typeof supports === "string" ? readFeatures(supports) : { inputs: [], parameters: [] };
  const order = typeof sort === "string" ? SORTS[sort] : undefined;
  return {
    ...(words.length > 0 && { q: words.join(" ") }),
    ...(order !== undefined && { sort: order }),
    ...(options["free"] === true && { max_price: "0", max_output_price: "0" }),
    ...(inputs.length > 0 && { input_modalities: inputs.join(",") }),
    ...(parameters.length > 0 && { supported_parameters: parameters.join(",") }),
  };
}
