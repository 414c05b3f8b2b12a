"""What one browser sends: a stream for each source, or for each simulcast layer of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.transport.link import Link
from server.transport.streams import Stream
from signaling.negotiation import Line, Sending
from signaling.parts import Source


class Uplink:
    """The incoming streams of a link, lowest layer first; SSRCs are announced or learnt."""

    def __init__(self, link: Link) -> None:
        self.layers: dict[Source, list[Stream]] = {}
        self.lowest: dict[Source, Stream] = {}
        self._link = link
        self._lines: dict[str, Sending] = {}
        self._streams: tuple[Stream, ...] = ()

    def streams(self) -> Sequence[Stream]:
        """Every stream, the repair streams left out."""
        return self._streams

    def agreed(self, lines: Iterable[Line]) -> None:
        """Take what was negotiated."""
        self._lines = {line.mid: line.sending for line in lines if line.sending}
        for sending in self._lines.values():
            self._agree(sending)
        self._streams = tuple(stream for layers in self.layers.values() for stream in layers)

    def gate(self, source: Source, *, is_open: bool) -> None:
        """Open or close a source: while it is closed nothing of it is forwarded."""
        for stream in self.layers.get(source, ()):
            if stream.open and not is_open:
                stream.pause()
            stream.open = is_open

    def learn(self, ssrc: int, payload_type: int, names: tuple[str, str, str]) -> Stream | None:
        """Say which stream an unannounced SSRC is, by what its first packet's header extensions name.

        ``names`` are MID, RID and repaired RID (RFC 9143 9.2, RFC 8852 3); without a MID a payload type
        that only one line has will do.
        """
        mid, rid, repaired = names
        fitting = [
            line
            for name, line in self._lines.items()
            if mid in ("", name)
            and any(payload_type in (f.payload_type, f.rtx_payload_type) for f in line.formats)
        ]
        if len(fitting) != 1:
            return None
        line = fitting[0]
        repair = all(payload_type != each.payload_type for each in line.formats)
        wanted = (repaired or rid) if repair else rid
        stream = next((s for s in self.layers[line.source] if s.rid == wanted or not line.layers), None)
        if stream is None:
            return None
        if repair:
            self._adopt_repair(stream, ssrc)
        elif not mid and stream.ssrc:
            return None
        else:
            self._adopt(stream, ssrc)
        return self._link.streams[ssrc]

    def _agree(self, sending: Sending) -> None:
        layers = self.layers.setdefault(sending.source, [])
        rids = sending.layers or ("",)
        if [stream.rid for stream in layers] != list(rids):
            for gone in layers[len(rids) :]:
                self._drop(gone)
            del layers[len(rids) :]
            while len(layers) < len(rids):
                video = sending.source != "microphone"
                layers.append(Stream(self._link, sending.payload_type, sending.clock_rate, video=video))
            for index, (stream, rid) in enumerate(zip(layers, rids, strict=True)):
                stream.layer, stream.rid = index, rid
        self.lowest[sending.source] = layers[0]
        for stream in layers:
            stream.formats = {each.payload_type: each.codec for each in sending.formats}
            stream.repairs_of = {
                each.rtx_payload_type: each.payload_type
                for each in sending.formats
                if each.rtx_payload_type is not None
            }
            if stream.payload_type not in stream.formats or not stream.received:
                stream.speak(sending.payload_type)
            stream.nack, stream.pli = sending.nack, sending.pli
            stream.red_payload_type = sending.red_payload_type
        if sending.ssrcs and not sending.layers:
            self._adopt(layers[0], sending.ssrcs[0])
            repair = sending.rtx.get(sending.ssrcs[0])
            if repair and sending.rtx_payload_type is not None:
                self._adopt_repair(layers[0], repair)

    def _adopt(self, stream: Stream, ssrc: int) -> None:
        if stream.ssrc == ssrc:
            return
        self._link.streams.pop(stream.ssrc, None)
        if stream.received:
            stream.pause()
            stream.restart()
        stream.ssrc, stream.plain = ssrc, 0
        self._link.streams[ssrc] = stream

    def _adopt_repair(self, stream: Stream, ssrc: int) -> None:
        known = self._link.streams.get(ssrc)
        if known is not None and known.repairs is stream:
            return
        self._forget_repairs(stream)
        repair = Stream(self._link, stream.payload_type, stream.clock_rate, video=False)
        repair.repairs, repair.ssrc = stream, ssrc
        self._link.streams[ssrc] = repair

    def _forget_repairs(self, stream: Stream) -> None:
        streams = self._link.streams
        for old in [old for old, other in streams.items() if other.repairs is stream]:
            del streams[old]

    def _drop(self, stream: Stream) -> None:
        """A layer that a later offer has no more."""
        self._forget_repairs(stream)
        self._link.streams.pop(stream.ssrc, None)
        stream.plain = 0
        for leg in [*stream.legs, *stream.waiting]:
            if leg.stream is stream:
                leg.detach()
            elif leg.next is stream and leg.stream is not None:
                leg.switch(leg.stream)
