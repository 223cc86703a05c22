import { Alert, Button, Progress } from "antd";
import { Link } from "wouter";

import { dropUpload } from "../../api/uploads";
import { useWords, type Words } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { bytes } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { forget, pause, resume, type Running } from "./running";
import styles from "./upload.module.css";

/** The upload under way: how far, how long still, and what came of it. */
export function Sending({ running }: { running: Running }) {
  const { upload: words } = useWords();
  const { progress, file, state } = running;
  const percent = Math.floor((100 * progress.sent) / file.size);
  const give = useDeed({ act: () => dropUpload(running.upload.id), refreshes: [["uploads"]], then: forget });
  if (state === "done" && running.batch !== null) {
    return (
      <Section title={words.done} note={file.name}>
        <div className={styles["acts"]}>
          <Link className={styles["primary"] ?? ""} href={`/deliveries/${running.batch.id}`} onClick={forget}>
            {words.toBatch(running.batch.id)}
          </Link>
          <Button onClick={forget}>{words.again}</Button>
        </div>
      </Section>
    );
  }
  return (
    <Section title={words.sending(file.name)}>
      <Progress
        percent={percent}
        status={state === "failed" ? "exception" : "active"}
        aria-label={words.progress}
      />
      <p className={`num ${styles["figures"]}`} role="status">
        <span>{words.sent(bytes(progress.sent), bytes(file.size))}</span>
        <span>{say(running, words)}</span>
      </p>
      {state === "going" && progress.phase === "waiting" && (
        <Alert type="warning" showIcon title={words.broken(progress.attempt)} />
      )}
      {state === "paused" && <Alert type="info" showIcon title={words.paused} />}
      {state === "failed" && <FaultNotice thrown={running.fault} />}
      <div className={styles["acts"]}>
        {state === "going" ? (
          <Button onClick={pause}>{words.pause}</Button>
        ) : (
          <Button type="primary" onClick={() => void resume()}>
            {words.resume}
          </Button>
        )}
        <ConfirmButton
          sure={words.dropSure}
          loading={give.isPending}
          onConfirm={() => {
            pause();
            give.mutate(undefined);
          }}
        >
          {words.drop1}
        </ConfirmButton>
      </div>
    </Section>
  );
}

function say({ progress, file, state }: Running, words: Words["upload"]): string {
  if (state !== "going") return "";
  if (progress.phase === "reading") return words.reading;
  if (progress.sent === file.size) return words.finishing;
  if (progress.bytesPerSecond === null || progress.phase === "waiting") return "";
  const left = (file.size - progress.sent) / progress.bytesPerSecond;
  return `${words.speed(bytes(progress.bytesPerSecond))} · ${words.left(duration(left, words))}`;
}

function duration(seconds: number, words: Words["upload"]): string {
  if (seconds < 90) return words.seconds(Math.max(1, Math.round(seconds)));
  if (seconds < 5400) return words.minutes(Math.round(seconds / 60));
  return words.hours(Math.round(seconds / 3600));
}
