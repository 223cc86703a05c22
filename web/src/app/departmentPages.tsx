import { lazy, type ReactNode } from "react";

const ItemsPage = lazy(() => import("../pages/items/ItemsPage").then((m) => ({ default: m.ItemsPage })));
const UploadPage = lazy(() => import("../pages/upload/UploadPage").then((m) => ({ default: m.UploadPage })));
const DeliveriesPage = lazy(() =>
  import("../pages/deliveries/DeliveriesPage").then((m) => ({ default: m.DeliveriesPage })),
);
const DeliveryPage = lazy(() =>
  import("../pages/deliveries/DeliveryPage").then((m) => ({ default: m.DeliveryPage })),
);
const QualityPage = lazy(() =>
  import("../pages/quality/QualityPage").then((m) => ({ default: m.QualityPage })),
);
const DataUsePage = lazy(() =>
  import("../pages/data-use/DataUsePage").then((m) => ({ default: m.DataUsePage })),
);

/** Pages of departments that provide data. */
export const DEPARTMENT: [path: string, place: string, page: ReactNode][] = [
  ["/items", "/items", <ItemsPage />],
  ["/upload", "/upload", <UploadPage />],
  ["/deliveries", "/deliveries", <DeliveriesPage />],
  ["/deliveries/:id", "/deliveries", <DeliveryPage />],
  ["/quality", "/quality", <QualityPage />],
  ["/my-data-use", "/my-data-use", <DataUsePage />],
];
