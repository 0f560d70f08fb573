export interface Spot {
  readonly id: string;
  /** Where it really is on the plate. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedSpot extends Spot {
  /** Where its marker is drawn. */
  readonly drawnX: number;
  readonly drawnY: number;
}

export interface PlateBox {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
}

const ROUNDS = 120;

/** Moves markers apart until none covers another (or the rounds are used up); the same spots always give the same picture. */
export function spreadMarkers(spots: readonly Spot[], apart: number, box: PlateBox): PlacedSpot[] {
  const placed = spots.map((spot, index) => ({
    ...spot,
    drawnX: spot.x + (index % 3) * 0.01,
    drawnY: spot.y + (index % 5) * 0.01,
  }));
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false;
    for (let i = 0; i < placed.length; i += 1) {
      for (let j = i + 1; j < placed.length; j += 1) {
        const a = placed[i];
        const b = placed[j];
        if (a !== undefined && b !== undefined && pushApart(a, b, apart)) moved = true;
      }
    }
    for (const spot of placed) {
      spot.drawnX = Math.min(box.width - box.margin, Math.max(box.margin, spot.drawnX));
      spot.drawnY = Math.min(box.height - box.margin, Math.max(box.margin, spot.drawnY));
    }
    if (!moved) break;
  }
  return placed;
}

type Movable = { drawnX: number; drawnY: number };

function pushApart(a: Movable, b: Movable, apart: number): boolean {
  const dx = b.drawnX - a.drawnX;
  const dy = b.drawnY - a.drawnY;
  const distance = Math.hypot(dx, dy);
  if (distance >= apart) return false;
  const push = (apart - distance) / 2 + 0.1;
  const [ux, uy] = distance === 0 ? [1, 0] : [dx / distance, dy / distance];
  a.drawnX -= ux * push;
  a.drawnY -= uy * push;
  b.drawnX += ux * push;
  b.drawnY += uy * push;
  return true;
}

export interface Extent {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** A projection of an extent (degrees) onto a box, true to shape at its middle latitude. */
export function plateProjection(extent: Extent, box: PlateBox): (lon: number, lat: number) => readonly [x: number, y: number] {
  const narrow = Math.cos((((extent.south + extent.north) / 2) * Math.PI) / 180);
  const scale = Math.min(box.width / ((extent.east - extent.west) * narrow), box.height / (extent.north - extent.south));
  const left = (box.width - (extent.east - extent.west) * narrow * scale) / 2;
  const top = (box.height - (extent.north - extent.south) * scale) / 2;
  return (lon, lat) => [left + (lon - extent.west) * narrow * scale, top + (extent.north - lat) * scale];
}

/** The smallest extent around some positions, widened by a share on every side. */
export function extentOf(positions: readonly { readonly lon: number; readonly lat: number }[], margin: number): Extent {
  const lons = positions.map(({ lon }) => lon);
  const lats = positions.map(({ lat }) => lat);
  const wide = Math.max(Math.max(...lons) - Math.min(...lons), 0.01) * margin;
  const high = Math.max(Math.max(...lats) - Math.min(...lats), 0.01) * margin;
  return {
    west: Math.min(...lons) - wide,
    east: Math.max(...lons) + wide,
    south: Math.min(...lats) - high,
    north: Math.max(...lats) + high,
  };
}
