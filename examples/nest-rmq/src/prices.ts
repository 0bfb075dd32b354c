import 'reflect-metadata';
import { Controller, Injectable, Module } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';

@Injectable()
export class Prices {
  readonly #prices = new Map([['tea', 3]]);
  readonly sold: string[] = [];

  of(item: string): number {
    const price = this.#prices.get(item);
    if (price === undefined) throw new RpcException(`no price for ${item}`);
    return price;
  }
}

@Controller()
class PricesController {
  readonly #prices: Prices;

  constructor(prices: Prices) {
    this.#prices = prices;
  }

  @MessagePattern('price')
  price(@Payload() item: string): number {
    return this.#prices.of(item);
  }

  @EventPattern('sold')
  sold(@Payload() item: string): void {
    this.#prices.sold.push(item);
  }
}

@Module({ controllers: [PricesController], providers: [Prices] })
export class PricesModule {}
