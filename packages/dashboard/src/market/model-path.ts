// The address of a model's page.

/** The parts of a model's id that its page's address has; an id is `author/slug`. */
export function modelParams(id: string): { readonly author: string; readonly slug: string } {
  const slash = id.indexOf("/");
  return { author: id.slice(0, Math.max(slash, 0)), slug: id.slice(slash + 1) };
}
