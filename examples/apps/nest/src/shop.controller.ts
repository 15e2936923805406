import {
  Body,
  Controller,
  Get,
  Header,
  NotFoundException,
  type OnApplicationShutdown,
  Param,
  Post,
  Redirect,
  Req,
  Res,
} from '@nestjs/common'
import type { Request, Response } from 'express'
import { opprefOf } from 'waybill/oppref/express'
import { consents, orderPaid, stop, thankYou, type Visitor } from './waybill.js'

@Controller()
export class ShopController implements OnApplicationShutdown {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  landing(): string {
    return '<form method="post" action="/checkout"><input name="email" type="email"><button>Buy</button></form>'
  }

  @Post('checkout')
  @Redirect()
  checkout(@Req() request: Request, @Body('email') email: string): { url: string; statusCode: number } {
    const key = orderPaid(visitorOf(request, email))
    return { url: `/thank-you/${key}`, statusCode: 303 }
  }

  @Get('thank-you/:key')
  @Header('content-type', 'text/html; charset=utf-8')
  thankYou(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Param('key') key: string): string {
    const page = thankYou(key, consents(request.headers.cookie))
    if (page === undefined) throw new NotFoundException('No such order')
    response.set(page.headers)
    return `<!doctype html><title>Thank you</title><h1>Thank you for order ${page.number}</h1>${page.pixel}`
  }

  onApplicationShutdown(): Promise<void> {
    return stop()
  }
}

function visitorOf(request: Request, email: string): Visitor {
  const click = opprefOf(request)
  if (click?.consent !== true) return {}
  return { oppref: click.oppref, user: { email, ipAddress: request.ip, userAgent: request.get('user-agent') } }
}
