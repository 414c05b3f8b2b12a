/**
 * Which layers an answer turns on. Browsers take every layer that it names for wanted, whatever they were asked
 * for before (libwebrtc's `UpdateSimulcastLayerStatusInSender`): after each exchange, be it for more redundant
 * speech alone, a picture of 180 lines that nobody looked at took 200 kbit/s beside the one of 360. What is off
 * stays so when the answer says that it is paused (RFC 8853 5.1).
 */

import type { Source } from "./protocol";
import type { Encodings } from "./sending";

/** The m-lines that send, in their order. */
const sources: readonly Source[] = ["microphone", "camera", "screen"];

/** The answer with the layers paused that `encodings` have off; sources that nothing is known of stay as they are. */
export function layered(answer: string, encodings: ReadonlyMap<Source, Encodings>): string {
  const [session = "", ...sections] = answer.split(/^(?=m=)/m);
  const marked = sections.map((section, index) => {
    const source = sources[index];
    const wanted = source === undefined ? undefined : encodings.get(source);
    return wanted === undefined ? section : paused(section, wanted);
  });
  return [session, ...marked].join("");
}

const paused = (section: string, encodings: Encodings): string =>
  section.replace(/^(a=simulcast:recv )(.*)$/m, (_, head: string, layers: string) => {
    const off = Object.entries(encodings).flatMap(([rid, { active }]) => (active === false ? rid : []));
    return head + layers.replace(/\w+/g, (rid) => (off.includes(rid) ? `~${rid}` : rid));
  });
