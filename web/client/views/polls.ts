/** What shows polls: fetched when there is one, or somebody wants to ask. */

import "./asides/words";
import "./asides/poll-card";
import "./asides/polls-panel";
