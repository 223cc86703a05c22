import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { receiptOf } from "../../api/ledger";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { saveJson } from "../../parts/saveJson";
import { useDeed } from "../../parts/useDeed";

/** Downloads the receipt of one entry of the log. */
export function ReceiptButton({ leaf }: { leaf: number }) {
  const { seen } = useWords();
  const load = useDeed({
    act: () => receiptOf(leaf),
    then: (receipt) => saveJson(receipt, `receipt-${leaf}.json`),
  });
  return (
    <div>
      <Button
        size="small"
        icon={<DownloadOutlined aria-hidden />}
        aria-label={seen.receiptOf(String(leaf))}
        loading={load.isPending}
        onClick={() => load.mutate(undefined)}
      >
        {seen.receipt}
      </Button>
      {load.isError && <FaultNotice thrown={load.error} />}
    </div>
  );
}
