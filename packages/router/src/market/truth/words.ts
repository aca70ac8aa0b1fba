// The words that prompts are made of: what people write about, so that a prompt of the router looks like anybody's.

/** First names. */
export const NAMES = [
  ...["Anna", "Marco", "Priya", "Jonas", "Leila", "Tom", "Ingrid", "Kofi", "Yuki", "Sofia", "Daniel", "Maya"],
  ...["Pedro", "Hannah", "Omar", "Chloe", "Viktor", "Amara", "Lucas", "Nadia", "Felix", "Rosa", "Ethan", "Mei"],
] as const;

/** Whom people write about. */
export const RELATIVES = [
  ...["sister", "brother", "neighbour", "manager", "cousin", "flatmate", "uncle", "colleague", "grandmother", "coach"],
] as const;

/** Cities to be in. */
export const PLACES = [
  ...["Lisbon", "Oslo", "Chicago", "Kyoto", "Nairobi", "Montreal", "Seville", "Dublin", "Auckland", "Vienna", "Denver"],
  ...["Bogota", "Prague", "Hanoi", "Edinburgh", "Porto", "Naples", "Seattle", "Lyon", "Tallinn", "Cape Town", "Perth"],
] as const;

/** What people do in their free time. */
export const TOPICS = [
  ...["container gardening", "beekeeping", "bread baking", "trail running", "watercolour painting", "home insulation"],
  ...["stargazing", "bicycle repair", "chess openings", "meal planning", "jazz piano", "bird watching", "wood carving"],
  ...[
    "public speaking",
    "rainwater collection",
    "film photography",
    "sailing knots",
    "family budgets",
    "rock climbing",
  ],
  ...["solar panels", "board game design", "urban history", "coffee roasting", "learning Italian", "dog training"],
] as const;

/** How things are. */
export const ADJECTIVES = [
  ...["careful", "friendly", "short", "practical", "detailed", "cheerful", "plain", "honest", "patient", "unusual"],
  ...["gentle", "thorough", "lively", "modern", "simple", "curious", "modest", "reliable", "colourful", "quiet"],
] as const;

/** Things at home. */
export const OBJECTS = [
  ...[
    "kettle",
    "notebook",
    "ladder",
    "backpack",
    "printer",
    "tent",
    "guitar",
    "toolbox",
    "blender",
    "umbrella",
    "desk",
  ],
  ...["lantern", "bicycle", "mirror", "bookshelf", "heater", "camera", "carpet", "workbench", "wheelbarrow", "sofa"],
] as const;

/** What people cook. */
export const DISHES = [
  ...["lentil soup", "mushroom risotto", "apple pie", "fish tacos", "potato salad", "vegetable curry", "pancakes"],
  ...["beef stew", "spinach lasagne", "fried rice", "tomato soup", "chickpea salad", "banana bread", "dumplings"],
] as const;

/** When things are. */
export const MONTHS = [
  ...["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"],
] as const;

/** What is done with things. */
export const VERBS = [
  ...["repair", "paint", "borrow", "replace", "clean", "describe", "sell", "measure", "photograph", "rebuild", "store"],
] as const;

/** Words that are odd together, to be remembered and said again. */
export const MARKS = [
  ...["amber", "cobalt", "velvet", "granite", "crimson", "willow", "copper", "meadow", "harbour", "saffron", "cedar"],
  ...["falcon", "lantern", "orchid", "pebble", "thunder", "compass", "walnut", "glacier", "ribbon", "juniper", "raven"],
] as const;
