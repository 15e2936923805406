/** A small shop in NestJS, on Express. The server and the pixel both report the order, and it counts once. */
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { Request } from 'express'
import { opprefMiddleware } from 'waybill/oppref/express'
import { ShopController } from './shop.controller.js'
import { consents } from './waybill.js'

@Module({ controllers: [ShopController] })
class ShopModule {}

const app = await NestFactory.create<NestExpressApplication>(ShopModule)
// On every page, so that the landing page needs nothing of its own.
app.use(opprefMiddleware({ consent: (request: Request) => consents(request.headers.cookie), deleteOnDenial: true }))
app.enableShutdownHooks()
await app.listen(process.env['PORT'] ?? 3000, '127.0.0.1')
