import { type ReactNode, useEffect, useState } from "react";
import { Link } from "wouter";

import type { Connection } from "../../api/live";
import type { Board } from "../../api/types";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { shortCount } from "../../parts/chart/options";
import { count, day, moment } from "../../parts/format";
import { useTitle } from "../../parts/Page";
import { Hours } from "./Hours";
import { Events, type Flow, Flows } from "./Lists";
import { Province } from "./Province";
import { Ribbons } from "./Ribbons";
import styles from "./screen.module.css";
import { clock, useNow } from "./time";
import { useBoard } from "./useBoard";

const INFLOWS_MAX = 12;

/** The wall display; dark by design, full screen, nothing blinks. Only for those who may watch. */
export function ScreenPage() {
  const words = useWords();
  const person = usePerson();
  useTitle(words.screen.title);
  if (person.may("watch", "live")) return <Wall />;
  return (
    <main className={styles["notice"]}>
      <h1>{words.shell.forbidden}</h1>
      <p>{words.shell.forbiddenHint}</p>
      <Link href="/home">{words.shell.home}</Link>
    </main>
  );
}

function Wall() {
  const { screen } = useWords();
  const { board, connection } = useBoard();
  if (connection.state === "over") {
    return (
      <Blank title={screen.over} hint={screen.overHint}>
        <a href="/sign-in?next=%2Fscreen">{screen.signIn}</a>
      </Blank>
    );
  }
  if (connection.state === "refused" && board === null)
    return (
      <Blank title={screen.refused} hint={`${connection.fault.message} ${connection.fault.hint}`}>
        <Link href="/home">{screen.back}</Link>
      </Blank>
    );
  if (board === null) return <Blank title={screen.waiting} hint="" />;
  return <Shown board={board} connection={connection} />;
}

function Blank({ title, hint, children }: { title: string; hint: string; children?: ReactNode }) {
  return (
    <main className={`${styles["screen"]} ${styles["blank"]}`}>
      <h1>{title}</h1>
      <p>{hint}</p>
      {children}
    </main>
  );
}

function Shown({ board, connection }: { board: Board; connection: Connection }) {
  const { screen } = useWords();
  const inflows = board.inflows.slice(0, INFLOWS_MAX);
  const outflows = board.outflows.filter((flow) => flow.total > 0 || flow.today > 0);
  const hour = Number(clock(new Date(board.at)).slice(0, 2));
  return (
    <div className={styles["screen"]}>
      <Head board={board} connection={connection} />
      <main className={styles["body"]}>
        <Totals board={board} />
        <section className={styles["left"]} aria-labelledby="inflow">
          <PanelHead id="inflow" title={screen.inflow} note={screen.inflowNote} />
          <Flows flows={inflows} way="in" />
        </section>
        <Gutter flows={inflows} way="in" />
        <section className={styles["middle"]} aria-labelledby="map">
          <PanelHead id="map" title={screen.map} note={screen.mapNote} />
          <Province areas={board.areas} />
          <p className={styles["legend"]}>
            {screen.legendFew}
            {[1, 2, 3, 4, 5].map((one) => (
              <i key={one} data-step={one} aria-hidden="true" />
            ))}
            {screen.legendMany}
            <b>+n</b> {screen.lit}
          </p>
        </section>
        <Gutter flows={outflows} way="out" />
        <section className={styles["right"]} aria-labelledby="outflow">
          <PanelHead id="outflow" title={screen.outflow} note={screen.outflowNote} />
          <Flows flows={outflows} way="out" />
        </section>
        <section className={styles["day"]} aria-labelledby="hours">
          <PanelHead id="hours" title={screen.hours} />
          <Hours hours={board.hours} now={hour} />
        </section>
        <section className={styles["ticker"]} aria-labelledby="events">
          <PanelHead id="events" title={screen.events} />
          <Events events={board.events} />
        </section>
      </main>
    </div>
  );
}

function Gutter({ flows, way }: { flows: readonly Flow[]; way: "in" | "out" }) {
  return (
    <div className={way === "in" ? styles["gutterIn"] : styles["gutterOut"]}>
      <Ribbons
        way={way}
        weights={flows.map((flow) => (way === "in" ? flow.total : flow.today))}
        isLit={flows.map((flow) => flow.today > 0)}
      />
    </div>
  );
}

function Head({ board, connection }: { board: Board; connection: Connection }) {
  const { screen } = useWords();
  const now = useNow();
  const isLive = connection.state === "live";
  return (
    <header className={styles["head"]}>
      <div>
        <h1>{board.platform}</h1>
        <p>
          {screen.subtitle}
          <span role="status" className={isLive ? styles["isLive"] : styles["isLost"]}>
            {isLive ? screen.live : `${screen.lost} · ${screen.stale(moment(board.at))}`}
          </span>
        </p>
      </div>
      <div className={styles["clock"]}>
        <time className="num" aria-hidden="true">
          {clock(now)}
        </time>
        <span className="num">{day(now.toISOString())}</span>
      </div>
      <nav className={styles["keys"]} aria-label={screen.title}>
        <FullScreen />
        <Link href="/home">{screen.back}</Link>
      </nav>
    </header>
  );
}

function FullScreen() {
  const { screen } = useWords();
  const [isFull, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const look = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  const turn = () =>
    void (isFull ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(
      () => undefined,
    );
  return (
    <button type="button" onClick={turn}>
      {isFull ? screen.leave : screen.full}
    </button>
  );
}

function Totals({ board }: { board: Board }) {
  const { screen } = useWords();
  const { language } = useLanguage();
  const { figures, today } = board;
  const members = figures.members.reduce((sum, one) => sum + one.members, 0);
  const shown: [keyof typeof screen.figures, number | null, isToday: boolean][] = [
    ["subjects", figures.subjects, false],
    ["items", figures.items, false],
    ["members", members, false],
    ["consents", figures.consents, false],
    ["batches", today.batches, true],
    ["rows", today.rows, true],
    ["inquiries", today.inquiries, true],
  ];
  return (
    <dl className={styles["totals"]}>
      {shown.map(([name, value, isToday]) => (
        <div key={name} className={isToday ? styles["isToday"] : undefined}>
          <dt>{screen.figures[name]}</dt>
          <dd className="num">
            {value === null ? screen.few : value >= 1_000_000 ? shortCount(value, language) : count(value)}
            <small>{screen.units[name]}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function PanelHead({ id, title, note }: { id: string; title: string; note?: string }) {
  return (
    <header className={styles["panelHead"]}>
      <h2 id={id}>{title}</h2>
      {note !== undefined && <p>{note}</p>}
    </header>
  );
}
