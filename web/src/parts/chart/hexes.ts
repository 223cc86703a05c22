// Places of the tiles of a schematic map: pointed hexagons, odd rows half a tile to the east (statistics/maps.py).

export interface Tile {
  row: number;
  column: number;
}

export interface Hexagon {
  x: number; // centre
  y: number;
  points: string;
}

const RADIUS = 50;
const WIDTH = Math.sqrt(3) * RADIUS;
const GAP = 0.95; // of the radius is drawn, so that tiles do not touch

/** A hexagon for each tile, and the box around them all. */
export function hexagons(tiles: readonly Tile[]): {
  hexes: Hexagon[];
  box: [number, number, number, number];
} {
  const hexes = tiles.map(({ row, column }) => {
    const x = (column + (row % 2) / 2) * WIDTH;
    const y = row * RADIUS * 1.5;
    const points = [0, 1, 2, 3, 4, 5].map((corner) => {
      const angle = (Math.PI / 3) * corner + Math.PI / 6;
      return `${(x + RADIUS * GAP * Math.cos(angle)).toFixed(1)},${(y + RADIUS * GAP * Math.sin(angle)).toFixed(1)}`;
    });
    return { x, y, points: points.join(" ") };
  });
  if (hexes.length === 0) return { hexes, box: [0, 0, 1, 1] };
  const left = Math.min(...hexes.map((hex) => hex.x)) - WIDTH / 2;
  const top = Math.min(...hexes.map((hex) => hex.y)) - RADIUS;
  const right = Math.max(...hexes.map((hex) => hex.x)) + WIDTH / 2;
  const bottom = Math.max(...hexes.map((hex) => hex.y)) + RADIUS;
  return { hexes, box: [left, top, right - left, bottom - top] };
}

/** Step 1 … `steps` in which a count falls, by its share of the greatest (roots, as cities differ greatly); 0: none. */
export function step(value: number | null, greatest: number, steps = 5): number {
  if (value === null || greatest === 0) return value === null ? 1 : 0;
  if (value === 0) return 0;
  return Math.max(1, Math.ceil(Math.sqrt(value / greatest) * steps));
}

/** A name short enough for a tile: 南京 for 南京市, 恩施 for 恩施土家族苗族自治州. */
export function shortName(name: string): string {
  const bare = name.replace(/(市|地区|盟|林区|特别行政区|自治州|自治县|自治区|省|县|区)$/, "");
  const short = bare.length < 2 ? name : bare;
  return short.length > 4 ? short.slice(0, 2) : short;
}
