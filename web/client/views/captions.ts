/** What shows captions, understands one's own words and asks what is kept: fetched when there is any of it. */

import "./asides/words";
import "./asides/caption-keeping";
import "./asides/caption-strip";
import "./asides/captions-panel";
